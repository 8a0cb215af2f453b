{{/*
Prefix of all names. Cut at 53, the longest release name there is, so that two releases never meet and the longest
component (9 characters with its dash) still fits into the 63 that a label or a Service's name may have.
*/}}
{{- define "pawline.fullname" -}}
{{- $chart := default .Chart.Name .Values.nameOverride -}}
{{- $full := contains $chart .Release.Name | ternary .Release.Name (printf "%s-%s" .Release.Name $chart) -}}
{{- default $full .Values.fullnameOverride | replace "." "-" | trunc 53 | trimSuffix "-" -}}
{{- end -}}

{{/* Name of a component's objects. Takes the component (see pawline.component) with root. */}}
{{- define "pawline.componentName" -}}
{{ include "pawline.fullname" .root }}-{{ .name }}
{{- end -}}

{{/* What selects a component's pods. Frozen: a Deployment's selector cannot be changed. */}}
{{- define "pawline.selectorLabels" -}}
app.kubernetes.io/name: pawline
app.kubernetes.io/instance: {{ .root.Release.Name }}
app.kubernetes.io/component: {{ .name }}
{{- end -}}

{{/* Labels of every object. */}}
{{- define "pawline.labels" -}}
{{ include "pawline.selectorLabels" . }}
app.kubernetes.io/version: {{ .root.Chart.AppVersion | quote }}
app.kubernetes.io/part-of: pawline
app.kubernetes.io/managed-by: {{ .root.Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .root.Chart.Name .root.Chart.Version | replace "+" "_" }}
{{- end -}}
