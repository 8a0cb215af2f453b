{{/* Pieces of a pod that the components and the jobs share. */}}

{{/* Takes a list: top-level scope, name of the image. */}}
{{- define "pawline.image" -}}
{{- $root := index . 0 -}}
{{- $repository := include "pawline.required" (list $root.Values.image.repository "image.repository" "registry and path of the images, without /<component>-service") -}}
{{- with index $root.Values.image.digests (index . 1) -}}
{{ printf "%s/%s@%s" $repository (index $ 1) . | quote }}
{{- else -}}
{{ printf "%s/%s:%s" $repository (index . 1) ($root.Values.image.tag | default $root.Chart.AppVersion) | quote }}
{{- end -}}
{{- end -}}

{{/* The pod's part of the "restricted" Pod Security Standard, and the Secrets that pull its image. Takes root and values. */}}
{{- define "pawline.podSecurity" -}}
{{- with .root.Values.image.pullSecrets -}}
imagePullSecrets:
  {{- range . }}
  - name: {{ . }}
  {{- end }}
{{ end -}}
# No service talks to the Kubernetes API.
automountServiceAccountToken: false
securityContext:
  runAsNonRoot: true
  {{- with .values.runAsUser }}
  runAsUser: {{ int64 . }}
  runAsGroup: {{ int64 . }}
  {{- end }}
  seccompProfile:
    type: RuntimeDefault
{{- end -}}

{{/* The container's part of the "restricted" Pod Security Standard. */}}
{{- define "pawline.containerSecurity" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities:
  drop:
    - ALL
{{- end -}}

{{/* The port of health and metrics, if it is not that of the API. Each template takes the top-level scope. */}}
{{- define "pawline.managementPortName" -}}
{{- if .Values.managementPort }}management{{ else }}http{{ end -}}
{{- end -}}

{{- define "pawline.managementContainerPort" -}}
{{- with .Values.managementPort -}}
- name: management
  containerPort: {{ . }}
  protocol: TCP
{{- end -}}
{{- end -}}

{{- define "pawline.managementServicePort" -}}
{{- with .Values.managementPort -}}
- name: management
  port: {{ . }}
  targetPort: management
  protocol: TCP
{{- end -}}
{{- end -}}

{{/* The nodes that pods may run on. Takes values. */}}
{{- define "pawline.placement" -}}
{{- with .priorityClassName }}
priorityClassName: {{ . }}
{{- end }}
{{- with .nodeSelector }}
nodeSelector:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .tolerations }}
tolerations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .affinity }}
affinity:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end -}}
