{{/*
A component of the pipeline: its ServiceAccount, ConfigMap, Service and Deployment. Takes a dict of
  root   the chart's top-level scope
  name   the component, as its block in the values is called
  port   where its service listens; the default in the service's own yaml
  stage  whether it is a stage of the pipeline, with calls to drain
  needs  which of database, imageStore, ark, visual, webhook it is given: settings and keys, and no others
*/}}
{{- define "pawline.component" -}}
{{- $own := mergeOverwrite (deepCopy .root.Values.defaults) (deepCopy (index .root.Values .name)) -}}
{{- $component := set . "values" $own -}}
{{ include "pawline.serviceAccount" $component }}
---
{{ include "pawline.configMap" $component }}
---
{{ include "pawline.service" $component }}
---
{{ include "pawline.deployment" $component }}
{{- end -}}

{{- define "pawline.serviceAccount" -}}
apiVersion: v1
kind: ServiceAccount
metadata:
  name: {{ include "pawline.componentName" . }}
  labels:
    {{- include "pawline.labels" . | nindent 4 }}
  {{- with .values.serviceAccountAnnotations }}
  annotations:
    {{- toYaml . | nindent 4 }}
  {{- end }}
# No service talks to the Kubernetes API.
automountServiceAccountToken: false
{{- end -}}

{{- define "pawline.configMap" -}}
apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ include "pawline.componentName" . }}
  labels:
    {{- include "pawline.labels" . | nindent 4 }}
data:
  settings.yaml: |
    {{- include "pawline.settings" . | nindent 4 }}
{{- end -}}

{{- define "pawline.service" -}}
apiVersion: v1
kind: Service
metadata:
  name: {{ include "pawline.componentName" . }}
  labels:
    {{- include "pawline.labels" . | nindent 4 }}
  {{- with .values.service.annotations }}
  annotations:
    {{- toYaml . | nindent 4 }}
  {{- end }}
spec:
  type: {{ .values.service.type }}
  selector:
    {{- include "pawline.selectorLabels" . | nindent 4 }}
  ports:
    - name: http
      port: {{ .values.service.port }}
      targetPort: http
      protocol: TCP
{{- end -}}

{{- define "pawline.deployment" -}}
{{- $image := .root.Values.image -}}
{{- $repository := include "pawline.required" (list $image.repository "image.repository" "registry and path of the images, without /<component>-service") -}}
apiVersion: apps/v1
kind: Deployment
metadata:
  name: {{ include "pawline.componentName" . }}
  labels:
    {{- include "pawline.labels" . | nindent 4 }}
spec:
  replicas: {{ .values.replicas }}
  selector:
    matchLabels:
      {{- include "pawline.selectorLabels" . | nindent 6 }}
  template:
    metadata:
      labels:
        {{- with .values.podLabels }}
        {{- toYaml . | nindent 8 }}
        {{- end }}
        {{- include "pawline.labels" . | nindent 8 }}
      annotations:
        {{- with .values.podAnnotations }}
        {{- toYaml . | nindent 8 }}
        {{- end }}
        # Settings are read once, at the start: a change of them starts new pods.
        pawline.io/settings-checksum: {{ include "pawline.settings" . | sha256sum }}
    spec:
      serviceAccountName: {{ include "pawline.componentName" . }}
      automountServiceAccountToken: false
      # The stage drains and commits, then the web server ends its requests: see timeout-per-shutdown-phase.
      terminationGracePeriodSeconds: {{ add .values.drainSeconds 60 }}
      {{- with $image.pullSecrets }}
      imagePullSecrets:
        {{- range . }}
        - name: {{ . }}
        {{- end }}
      {{- end }}
      securityContext:
        runAsNonRoot: true
        {{- with .values.runAsUser }}
        runAsUser: {{ int64 . }}
        runAsGroup: {{ int64 . }}
        {{- end }}
        seccompProfile:
          type: RuntimeDefault
      containers:
        - name: {{ .name }}
          image: {{ printf "%s/%s-service:%s" $repository .name ($image.tag | default .root.Chart.AppVersion) | quote }}
          imagePullPolicy: {{ $image.pullPolicy }}
          securityContext:
            allowPrivilegeEscalation: false
            readOnlyRootFilesystem: true
            capabilities:
              drop:
                - ALL
          ports:
            - name: http
              containerPort: {{ .port }}
              protocol: TCP
          env:
            - name: JAVA_TOOL_OPTIONS
              value: {{ .values.javaOptions | quote }}
            - name: SPRING_CONFIG_ADDITIONALLOCATION
              value: file:/etc/pawline/settings.yaml
            {{- include "pawline.secretEnv" . | nindent 12 }}
            {{- with .values.extraEnv }}
            {{- toYaml . | nindent 12 }}
            {{- end }}
          # Two minutes to start; only then do the other two probes begin.
          startupProbe:
            httpGet:
              path: /actuator/health/liveness
              port: http
            periodSeconds: 2
            timeoutSeconds: 2
            failureThreshold: 60
          livenessProbe:
            httpGet:
              path: /actuator/health/liveness
              port: http
            periodSeconds: 10
            timeoutSeconds: 5
            failureThreshold: 3
          readinessProbe:
            httpGet:
              path: /actuator/health/readiness
              port: http
            periodSeconds: 5
            timeoutSeconds: 5
            failureThreshold: 2
          resources:
            {{- toYaml .values.resources | nindent 12 }}
          volumeMounts:
            - name: settings
              mountPath: /etc/pawline
              readOnly: true
            - name: tmp
              mountPath: /tmp
      volumes:
        - name: settings
          configMap:
            name: {{ include "pawline.componentName" . }}
        - name: tmp
          emptyDir:
            sizeLimit: {{ .values.tmpSizeLimit }}
      {{- with .values.nodeSelector }}
      nodeSelector:
        {{- toYaml . | nindent 8 }}
      {{- end }}
      {{- with .values.tolerations }}
      tolerations:
        {{- toYaml . | nindent 8 }}
      {{- end }}
      {{- with .values.affinity }}
      affinity:
        {{- toYaml . | nindent 8 }}
      {{- end }}
{{- end -}}
